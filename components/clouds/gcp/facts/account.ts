import type { Facts } from "../../shared/facts";
import { nothing } from "../../shared/facts/answer";
import { fixed } from "../../shared/facts/fixed";
import { free } from "./values";

/** Accounts: the stack's own, and those that Google keeps for its services. */
export const account: Facts = {
  "gcp:serviceaccount/account:Account": {
    price: free.iam,
    answer: ({ accountId, project }, { preview }) =>
      preview
        ? {}
        : {
            email: `${accountId}@${project}.iam.gserviceaccount.com`,
            name: `projects/${project}/serviceAccounts/${accountId}@${project}.iam.gserviceaccount.com`,
          },
    fixed: fixed("resourcemanager/resource_google_service_account.go", "accountId project", { named: "accountId" }),
    importId: "projects/{project}/serviceAccounts/{accountId}@{project}.iam.gserviceaccount.com",
  },
  "gcp:projects/serviceIdentity:ServiceIdentity": {
    price: free.iam,
    answer: nothing,
    fixed: fixed("resourcemanager/resource_project_service_identity.go", "project service"),
  },
  // A project that is read says what the settings say of it.
  "gcp:organizations/project:Project": { answer: nothing },
};
