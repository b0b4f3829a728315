import { List } from "./List";
import Item from "./Item";
import Plain from "./Plain";
export default () => <><List /><Item /><Plain /></>;
