/** The two builds of the packages: the one that is given, and the one that stands against it. */
export const BUILDS = ['before', 'now'] as const;

export type Build = (typeof BUILDS)[number];

/** Something of each build. */
export type OfBoth<T> = Readonly<Record<Build, T>>;

/** Makes something of each build, one after the other. */
export async function ofBoth<T>(
  make: (build: Build) => Promise<T>,
  order: readonly Build[] = BUILDS,
): Promise<OfBoth<T>> {
  const made: Partial<Record<Build, T>> = {};
  for (const build of order) made[build] = await make(build);
  return made as OfBoth<T>;
}
