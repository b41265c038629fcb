import type { Contestant } from '../contestants/contestant.ts';
import { PEERS_FOLDER } from '../run/folders.ts';
import { countPackages, installedMegabytes, installOnce } from '../start/installation.ts';
import { OWN_STARTERS } from '../start/own-starters.ts';
import { PEER_STARTERS } from '../start/peer-starters.ts';
import type { Starter } from '../start/starter.ts';
import { timeStarts } from '../start/time-starts.ts';
import type { Answer, Question } from './question.ts';

const IMPORT = 'import';
const APPEND = 'import, first append';
const PACKAGES = 'packages';
const MEGABYTES = 'MB';

const STARTERS: readonly Starter[] = [...OWN_STARTERS, ...PEER_STARTERS];

/** How long a start takes, and what an installation weighs. */
export const start: Question = {
  id: 'start',
  contestants: STARTERS.map(toContestant),
  sections: [
    {
      id: 'start',
      title: 'Cold start',
      unit: 'ms',
      axis: 'what the process does',
      picture: 'none',
      method:
        'From the start to the end of a process that imports the package, or also opens a new store, creates a session and appends an event.',
    },
    {
      id: 'install',
      title: 'What an installation weighs',
      unit: '',
      axis: 'after `npm install`',
      picture: 'none',
      method:
        'What `npm install` brings into an empty folder, with the driver that is needed, and without what install scripts would compile.',
    },
  ],
  cells: () => [
    ...[IMPORT, APPEND].map((at) => ({ section: 'start', at })),
    ...[PACKAGES, MEGABYTES].map((at) => ({ section: 'install', at })),
  ],
  async answer({ contestant, place, cells, effort }) {
    const starter = STARTERS.find(({ id }) => id === contestant.id);
    if (starter === undefined) throw new Error(`there is no ${contestant.id}`);
    const isPeer = starter.kind === 'peer';
    const installed = () => installOnce(starter, place.shared);
    const answers: Answer[] = [];
    for (const cell of cells) {
      if (cell.section === 'start') {
        const { appendCode, importCode } = starter;
        if (cell.at === APPEND && appendCode === undefined) continue;
        const code = () => (cell.at === APPEND ? appendCode?.(place) : importCode) ?? '';
        // Drivers of other libraries have to be compiled, as they are in their own folder.
        const folder = isPeer ? PEERS_FOLDER : installed();
        answers.push({ ...cell, value: timeStarts({ code, folder, ms: effort.startMs }) });
      } else if (starter.install.length > 0) {
        const measure = cell.at === PACKAGES ? countPackages : installedMegabytes;
        answers.push({ ...cell, value: measure(installed()) });
      }
    }
    return answers;
  },
};

function toContestant({ id, name, kind, group, install }: Starter): Contestant {
  return {
    ...{ id, name, kind, group },
    packages: install.map((each) => each.replace(/(.)@.*$/, '$1')),
    note: '',
    open: () => Promise.reject(new Error('it is started, not opened')),
  };
}
