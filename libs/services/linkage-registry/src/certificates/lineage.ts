/**
 * A probe for each certificate of `lineage`: the planner takes a few for thousands, and would read whole tables for a join.
 */
export const PREDECESSORS =
  'LATERAL (SELECT predecessor_id FROM succession WHERE successor_id = lineage.certificate_id OFFSET 0) AS before';

/** For `WITH RECURSIVE`: the certificates named by $1 (`told_of`), each with itself and all that it came from. */
export const LINEAGE = `lineage AS (
  SELECT id AS told_of, id AS certificate_id FROM unnest($1::bigint[]) AS named (id)
  UNION
  SELECT told_of, predecessor_id FROM lineage CROSS JOIN ${PREDECESSORS}
)`;
