import data from "./data.json";
export default () => <b>{data}</b>;
