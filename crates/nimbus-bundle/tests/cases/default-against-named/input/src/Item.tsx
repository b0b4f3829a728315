export const Item = () => <li />;
