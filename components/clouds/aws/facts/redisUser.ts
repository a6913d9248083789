import type { Facts } from "../../shared/facts";
import { nothing } from "../../shared/facts/answer";
import { fixed } from "../../shared/facts/fixed";
import { arn, free, later } from "./values";

/** Who may log in to ElastiCache. */
export const redisUser: Facts = {
  "aws:elasticache/user:User": {
    price: free.elastiCache,
    answer: later((_name, { userId }) => ({ arn: arn("elasticache", `user:${userId}`) })),
    fixed: fixed("elasticache/user.go", "userId userName", { named: "userId" }),
    importId: "{userId}",
  },
  "aws:elasticache/userGroup:UserGroup": {
    keptByOthers: [{ path: /^userIds\b/, why: "told again by the memberships" }],
    price: free.elastiCache,
    answer: later((_name, { userGroupId }) => ({ arn: arn("elasticache", `usergroup:${userGroupId}`) })),
    fixed: fixed("elasticache/user_group.go", "userGroupId", { named: "userGroupId" }),
    importId: "{userGroupId}",
  },
  "aws:elasticache/userGroupAssociation:UserGroupAssociation": {
    price: free.elastiCache,
    answer: nothing,
    fixed: fixed("elasticache/user_group_association.go", "userGroupId userId"),
  },
};
