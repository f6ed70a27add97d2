/**
 * Stands in the certificates of all who were erased, in place of the person: nobody, and for good. It is the same for all,
 * so that nothing joins the certificates of one; and it is not nothing, so that a list which names the holder once more
 * does not link them anew.
 */
export const FORGOTTEN = '0';
