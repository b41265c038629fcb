export type { ServiceProcess } from './conformance-options.ts';
export { serveService } from './process/serve-service.ts';
export {
  type ServiceProcessOptions,
  startServiceProcess,
} from './process/start-service-process.ts';
