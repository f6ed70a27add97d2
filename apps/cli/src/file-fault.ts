const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  EEXIST: 'it is there already',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  EROFS: 'the disk is read-only',
  EMFILE: 'too many files are open',
};

/** What the file system says no with, in words; undefined for every other error. */
export const fileFault = (error: unknown): string | undefined =>
  WHY[(error as NodeJS.ErrnoException | null)?.code ?? ''];

/** The same, or the error's own words. */
export const whyNot = (error: unknown): string => fileFault(error) ?? (error as Error).message;
