import pg from 'pg';
import { postgres } from './src/contestants/holdfast/postgres.ts';
import { barePostgres } from './src/contestants/limits/bare-postgres.ts';
import { runLoad } from './src/questions/run-load.ts';
const base='postgres://postgres@127.0.0.1:5432/';
const admin=new pg.Client(base+'test'); await admin.connect();
const stores:any={}; const only=process.argv[2];
for (const [n,c] of [['bare',barePostgres],['ours',postgres]] as const){ if(only&&only!==n) continue; await admin.query(`DROP DATABASE IF EXISTS perf_${n}`); await admin.query(`CREATE DATABASE perf_${n}`); stores[n]=await c.open({postgresUrl:base+`perf_${n}`} as any); }
let k=0; for(let r=0;r<8;r++){ let line=''; for(const n of Object.keys(stores)){ const c=process.cpuUsage(); const l=await runLoad(stores[n],{user:`u${k++}`,sessions:16,app:false,ms:1000}); const u=process.cpuUsage(c); line+=`${n} ${(1e6/l.rate).toFixed(1)} us (node cpu ${((u.user+u.system)/l.rate).toFixed(0)})  `; } console.log(line);}
for(const n of Object.keys(stores)){ await stores[n].close(); await admin.query(`DROP DATABASE perf_${n}`);} await admin.end();
