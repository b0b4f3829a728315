import { useStat } from "react";
import { frmat } from "date-fns";
export default () => { useStat(); return <b>{frmat(1)}</b>; };
