import pg from 'pg';
import { postgres } from './src/contestants/holdfast/postgres.ts';
import { barePostgres } from './src/contestants/limits/bare-postgres.ts';
import { sampleDelta } from './src/contestants/sample-event.ts';
const base='postgres://postgres@127.0.0.1:5432/';
const admin=new pg.Client(base+'test'); await admin.connect();
const stores:any={};
for (const [n,c] of [['ours',postgres],['bare',barePostgres]] as const){ await admin.query(`DROP DATABASE IF EXISTS perf_${n}`); await admin.query(`CREATE DATABASE perf_${n}`); stores[n]=await c.open({postgresUrl:base+`perf_${n}`} as any); await stores[n].fill({user:'u',sessions:['s'],from:0,count:100}); await stores[n].settle(); }
let k:any={ours:100,bare:100};
const mode=process.argv[2]??'append';
for(let r=0;r<12;r++) { let line='';
 for(const n of ['bare','ours']) { const t=performance.now(); const N=600;
  for(let i=0;i<N;i++){ if(mode==='append'){const x=k[n]++; await stores[n].append({user:'u',session:'s',writer:0,n:x,delta:sampleDelta(x)});} else await stores[n].recent({user:'u',session:'s',count:20}); }
  line+=`${n} ${((performance.now()-t)*1000/N).toFixed(0)}  `; }
 console.log(line); }
for(const n of ['bare','ours']){ await stores[n].close(); await admin.query(`DROP DATABASE perf_${n}`);} await admin.end();
