import type { Facts } from "../../shared/facts";
import { lost } from "../../shared/facts/risk";

/** What else of AWS holds data. This program makes none of it; a team's own additions may. */
export const stores: Facts = {
  "aws:dynamodb/table:Table": { stateful: { noun: "table", loss: "all items in it are lost" } },
  "aws:ebs/volume:Volume": { stateful: { noun: "volume", loss: "the data on it is lost" } },
  "aws:efs/fileSystem:FileSystem": { stateful: { noun: "file system", loss: "all files in it are lost" } },
  "aws:secretsmanager/secret:Secret": { stateful: lost.secret },
  "aws:secretsmanager/secretVersion:SecretVersion": { stateful: lost.secret },
};
