/**
 * Imports a package that is installed in this folder.
 *
 * @param {string} name
 */
export const importPeer = (name) => import(name);
