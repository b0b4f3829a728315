import { useState } from "react";
import { listGrants, revokeGrant } from "../api/client";
import type { PermissionGrant } from "../api/types";
import { useResource } from "../api/useResource";
import { appPath } from "../router";
import { text } from "../text";
import { Button } from "../ui/Button";
import { ago, moment, sentence } from "../ui/format";
import { Failure } from "../ui/Notice";
import { Waiting } from "../ui/Shell";
import { toast, toastFailure } from "../ui/Toasts";
import { Section } from "./SettingsPage";

const list = new Intl.ListFormat("en");

/** What the person has allowed apps beyond their own data, and how to take it back. */
export function PermissionSettings() {
  const grants = useResource(listGrants);
  return (
    <Section title={text.settings.permissions} note={text.settings.permissionsNote}>
      {grants.data ? (
        grants.data.length === 0 ? (
          <p className="text-sm text-muted">{text.settings.permissionsEmpty}</p>
        ) : (
          <ul className="space-y-3">
            {grants.data.map((grant) => (
              <Grant
                key={grant.appId}
                grant={grant}
                onRevoked={() =>
                  grants.set((now) => now?.filter(({ appId }) => appId !== grant.appId))
                }
              />
            ))}
          </ul>
        )
      ) : grants.error !== undefined ? (
        <Failure error={grants.error}>
          <Button size="small" onClick={grants.refresh}>
            {text.actions.retry}
          </Button>
        </Failure>
      ) : (
        <Waiting>{text.loading.page}</Waiting>
      )}
    </Section>
  );
}

function Grant({ grant, onRevoked }: { grant: PermissionGrant; onRevoked: () => void }) {
  const { appId, appName, permissions, grantedAt } = grant;
  const [busy, setBusy] = useState(false);
  const revoke = async () => {
    setBusy(true);
    try {
      await revokeGrant(appId);
      toast(text.settings.revoked(appName));
      onRevoked();
    } catch (error) {
      toastFailure(error);
      setBusy(false);
    }
  };
  const may = [
    ...(permissions.ai ? [text.settings.may.ai] : []),
    ...permissions.domains.map(text.settings.may.domain),
    ...(permissions.sharedData ? [text.settings.may.sharedData] : []),
  ];
  return (
    <li className="flex items-start gap-4 rounded-2xl border border-line bg-surface p-5 shadow-card">
      <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        <h3 className="font-medium">
          <a href={appPath(appId)}>{appName}</a>
        </h3>
        <p className="text-sm">{sentence(list.format(may))}</p>
        <p className="text-sm text-muted" title={moment(grantedAt)}>
          {text.settings.granted(ago(grantedAt))}
        </p>
      </div>
      <Button
        size="small"
        aria-label={text.settings.revokeFor(appName)}
        disabled={busy}
        onClick={() => void revoke()}
      >
        {text.settings.revoke}
      </Button>
    </li>
  );
}
