const a = 1;
```
```tsx
export default () => <b>{a}</b>;
