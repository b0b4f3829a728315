import axios from "axios";
import { v4 as uuid } from "uuid";
import { Button } from "@acme/ui";
import { FaTrash } from "react-icons/fa";
export default () => <Button onClick={() => axios.get(uuid())}><FaTrash /></Button>;
