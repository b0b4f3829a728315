import "./a.css";
import "./b.css";
export default () => <b className="p-4" />;
