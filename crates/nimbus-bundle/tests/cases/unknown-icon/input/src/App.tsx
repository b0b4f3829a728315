import { Plus, Trush } from "lucide-react";
export default () => <><Plus /><Trush /></>;
