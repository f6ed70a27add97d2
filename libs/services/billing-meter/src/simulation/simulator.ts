import {
  type Assumption,
  type PriceList,
  simulate,
  type Simulation,
  type SimulationSum,
  spansUnder,
  sumOfSimulations,
} from '@kakunin/billing';
import { type BillingPeriod, billingPeriodBounds } from '@kakunin/calendar';
import { Inject, Injectable } from '@nestjs/common';
import { UsageStore } from '../metering/usage-store.ts';
import { PriceStore } from '../prices/price-store.ts';

export interface SimulatorInput {
  readonly periods: readonly BillingPeriod[];
  readonly assumptions: readonly Assumption[];
  /** Code of a platform provider; absent: all. */
  readonly customer: string | undefined;
}

/** Some months under assumptions, on the usage that was counted. */
export interface SimulatedMonths extends SimulationSum {
  readonly assumptions: readonly Assumption[];
  readonly simulations: readonly Simulation[];
  /** When the newest usage that is in it was counted (epoch ms); undefined: none was yet. */
  readonly asOf: number | undefined;
}

/** Answers "what if" for months, by the prices known now and the usage counted so far. It changes nothing. */
@Injectable()
export class Simulator {
  constructor(
    @Inject(PriceStore) private readonly prices: PriceStore,
    @Inject(UsageStore) private readonly usage: UsageStore,
  ) {}

  /** @throws BillingError of {@link simulate} and {@link spansUnder} */
  async run({ periods, assumptions, customer }: SimulatorInput): Promise<SimulatedMonths> {
    const all = await this.prices.read();
    const prices = customer === undefined ? all : all.forCustomer(customer);
    const simulations: Simulation[] = [];
    let asOf: number | undefined;
    for (const period of periods) {
      const usage = await this.#usageOf(period, { prices, assumptions, customer });
      simulations.push(simulate({ counts: usage.counts, prices, assumptions, period }));
      asOf = usage.asOf;
    }
    return { assumptions, simulations, asOf, ...sumOfSimulations(simulations) };
  }

  #usageOf(
    period: BillingPeriod,
    { prices, assumptions, customer }: Omit<SimulatorInput, 'periods'> & { readonly prices: PriceList },
  ) {
    const bounds = billingPeriodBounds(period);
    const spans = spansUnder(prices, assumptions, bounds);
    return this.usage.sums({ spans, end: bounds.end, ...(customer !== undefined && { customer }) });
  }
}
