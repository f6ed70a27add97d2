import type { SimulatedAmount, Simulation } from './simulation.ts';

export interface SimulatedCustomer extends SimulatedAmount {
  readonly customer: string;
  /** Chargeable checks. */
  readonly quantity: bigint;
}

/** Several months of one simulation together. */
export interface SimulationSum {
  /** By code. */
  readonly customers: readonly SimulatedCustomer[];
  readonly total: SimulatedAmount;
}

export function sumOfSimulations(simulations: readonly Simulation[]): SimulationSum {
  const rows = Map.groupBy(
    simulations.flatMap((simulation) => simulation.rows),
    ({ customer }) => customer,
  );
  return {
    customers: [...rows.keys()].sort().map((customer) => {
      const own = rows.get(customer) ?? [];
      return { customer, quantity: own.reduce((sum, { quantity }) => sum + quantity, 0n), ...sumOf(own) };
    }),
    total: sumOf(simulations.map(({ total }) => total)),
  };
}

function sumOf(amounts: readonly SimulatedAmount[]): SimulatedAmount {
  const sum = { present: 0n, simulated: 0n, difference: 0n };
  for (const { present, simulated, difference } of amounts) {
    sum.present += present;
    sum.simulated += simulated;
    sum.difference += difference;
  }
  return sum;
}
