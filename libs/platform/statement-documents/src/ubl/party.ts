import type { Issuer } from '@kakunin/billing';
import type { BillingDocument } from '../billing-document.ts';
import { element } from './element.ts';
import { CORPORATE_NUMBER_SCHEME, type ElectronicAddress, REGISTRATION_NUMBER_SCHEME } from './jp-pint.ts';

/** Its registration number is its address in the network too; without the `T` it is its 法人番号. */
export const sellerParty = ({ name, nameEn, address, registrationNumber }: Issuer) =>
  element('cac:Party', [
    element('cbc:EndpointID', registrationNumber, { schemeID: REGISTRATION_NUMBER_SCHEME }),
    element('cac:PartyName', [element('cbc:Name', nameEn)]),
    element('cac:PostalAddress', [element('cac:AddressLine', [element('cbc:Line', address)]), japan()]),
    element('cac:PartyTaxScheme', [
      element('cbc:CompanyID', registrationNumber),
      element('cac:TaxScheme', [element('cbc:ID', 'VAT')]),
    ]),
    element('cac:PartyLegalEntity', [
      element('cbc:RegistrationName', name),
      element('cbc:CompanyID', registrationNumber.slice(1), { schemeID: CORPORATE_NUMBER_SCHEME }),
    ]),
  ]);

export const buyerParty = ({ recipient, customer }: BillingDocument, endpoint: ElectronicAddress | undefined) =>
  element('cac:Party', [
    element('cbc:EndpointID', endpoint?.id, { schemeID: endpoint?.scheme ?? '' }),
    element('cac:PartyIdentification', [element('cbc:ID', customer)]),
    element('cac:PostalAddress', [japan()]),
    element('cac:PartyLegalEntity', [element('cbc:RegistrationName', recipient.name)]),
  ]);

const japan = () => element('cac:Country', [element('cbc:IdentificationCode', 'JP')]);
