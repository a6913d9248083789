import { findEngine } from "/work/main/local/engine";
import { execa } from "execa";
(async()=>{ const e=await findEngine({}); const env={...e.env, PULUMI_BACKEND_URL:"file:///tmp/pt2/st",PULUMI_CONFIG_PASSPHRASE_FILE:"/tmp/pt2/pass"};
 for (const a of process.argv.slice(2).map(x=>x.split(" "))) await execa(e.executable,a,{env,cwd:"/tmp/pt2",stdio:"inherit",reject:false}); })();
