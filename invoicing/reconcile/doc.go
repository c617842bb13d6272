// Package reconcile compares, order by order and night by night, what the biller
// expected the vendor to credit with what the vendor credited (REC). It owns the
// matching, the classes, the life of a break, the search for the cause of a
// difference, and what a claim says. It does not own how an expected credit comes
// about (package invoicing decides), what lasts from night to night (the ledger
// keeps a State per order and hands it back) or how a report looks (exporters
// write Lines).
//
// It is pure: Reconcile takes the state of one order, tonight's new rows and the
// as-of date, and returns tonight's matches, the breaks and the next state. One
// order never needs another, so the ledger can merge-join pages keyed by order.
//
// How rows meet, within an order and a currency:
//
//  1. Matches (REC-1): one to one, one to many, many to one; amounts within the
//     tolerance per transaction; every credit of a match within match_days of every
//     expected one, or in the calendar month of the purchase. Of all ways to match,
//     the one that leaves the smallest amount unexplained, then the fewest rows, then
//     the best dates (fewest days in all, then the most even), then the most and the
//     most exact matches. Up to maxExhaustive open rows all ways are weighed; beyond
//     that rows are taken by date, and the match says so (ByDate). Where another way
//     is as good, the match names it (Alternatives).
//  2. A row with the right amount outside match_days: AmountDifference of 0, and the
//     cause says by how many days.
//  3. A row that repeats a closed match: DuplicateAtVendor.
//  4. What is left in the order, one to one: AmountDifference, then CurrencyMismatch.
//     Where one row leaves as much unexplained whichever request it answers, it answers
//     the one of the nearest amount: there the cause is sought.
//     A credit dated more than match_days before the request, and not in the month
//     of the purchase, cannot be its answer.
//  5. What then stands alone: MissingAtVendor, NotYetDue or UnexpectedAtVendor.
//
// Only matches are published for good. Everything else is a break, weighed anew
// whenever its order has news, until a match or a person closes it; new rows meet
// open rows, and closed ones only as duplicates.
//
// Invariants: every expected credit and every vendor row is in exactly one class
// (REC-2); the sums of REC-3 hold by count and by amount, per currency, after every
// night and in total; a match once published stays; the order of a night's rows
// never matters; a break keeps its id while its expected credit, or its vendor row
// where nothing is expected, is open.
package reconcile
