import { createContext, useContext } from "react";

export type SidebarState = {
  state: "expanded" | "collapsed";
  open: boolean;
  setOpen: (open: boolean) => void;
  openMobile: boolean;
  setOpenMobile: (open: boolean) => void;
  isMobile: boolean;
  toggleSidebar: () => void;
};

export const SidebarContext = createContext<SidebarState | null>(null);

/** Whether the sidebar is open, and how to open and close it. */
export function useSidebar(): SidebarState {
  const sidebar = useContext(SidebarContext);
  if (!sidebar) throw new Error("useSidebar is for what lies in a <SidebarProvider>");
  return sidebar;
}
