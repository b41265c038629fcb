import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteFull, sqlite } from './src/contestants/holdfast/sqlite.ts';
import { bareSqliteFull, bareSqlite } from './src/contestants/limits/bare-sqlite.ts';
import { runLoad } from './src/questions/run-load.ts';
const full=process.argv[2]==='full'; const only=process.argv[3];
const stores:any={}; const dirs:string[]=[];
for(const [n,c] of [['bare',full?bareSqliteFull:bareSqlite],['ours',full?sqliteFull:sqlite]] as const){ if(only&&only!==n)continue; const d=mkdtempSync(join(tmpdir(),'w-')); dirs.push(d); stores[n]=await c.open({folder:d} as any);}
let k=0; for(let r=0;r<8;r++){ let line=''; for(const n of Object.keys(stores)){ const l=await runLoad(stores[n],{user:`u${k++}`,sessions:16,app:false,ms:700}); line+=`${n} ${(1e6/l.rate).toFixed(1)} us `; } console.log(line);}
for(const n of Object.keys(stores)) await stores[n].close(); for(const d of dirs) rmSync(d,{recursive:true});
