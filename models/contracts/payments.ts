/** What a receipt says of tax and of its payment. */
import { Type } from 'typebox'
import { MinorUnitsSchema } from './units.ts'

/** `vatBreakdown` in `money.ts` says how the amounts come about. */
export const VatBreakdownSchema = Type.Array(
  Type.Object({
    vatCategoryTaxableAmountMinor: Type.Integer({
      ...MinorUnitsSchema,
      description: 'BT-116: what the tax is of, without the tax, minor units',
    }),
    vatCategoryTaxAmountMinor: Type.Integer({ ...MinorUnitsSchema, description: 'BT-117: the tax, minor units' }),
    vatCategoryCode: Type.Enum(['S', 'Z'], { description: 'BT-118, of UNTDID 5305: S any rate above 0, Z none' }),
    vatCategoryRatePercent: Type.Number({ minimum: 0, maximum: 100, description: 'BT-119, percent' }),
  }),
  { maxItems: 100, description: 'tax by rate, as EN 16931-1 names it: VAT BREAKDOWN, BG-23' },
)
