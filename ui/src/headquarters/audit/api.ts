// What an administrator asks of headquarters about the audit log.

import type { AuditPage } from "../../lib/bindings/AuditPage";
import type { AuditVerified } from "../../lib/bindings/AuditVerified";
import { call } from "../call";

/** A page, newest first: from the end, or before an entry. */
export const auditPage = (before: number | null) =>
  call<AuditPage>("GET", before === null ? "audit" : `audit?before=${before}`);
export const verified = () => call<AuditVerified>("GET", "audit/verified");
