```tsx
export default () => <b />;
```
