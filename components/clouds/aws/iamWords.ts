/** Managed policies that are everything, or all of a service. */
export const powerfulPolicy = /\/(AdministratorAccess|PowerUserAccess|IAMFullAccess|[A-Za-z0-9]+FullAccess)$/;

/** Actions that only look. Of some services listing is all that `*` as resource can be narrowed to. */
export const looks = /^[a-z0-9-]+:(Describe|List|Get|Search|View)[A-Za-z]*\*?$/;
