// Package invoicing is the core: it decides requests by policy, and says which
// documents, credits and postings follow. It owns the rules of .docs/RULES.md from PRO
// to DOC and the nouns they speak of.
//
// It is pure: one function, Settle, from what is known of a group of accounts (a
// Book) to what is to be written (a Settlement), and one, Apply, that folds
// settlements into what the next night starts from (a State). It does no I/O,
// reads no clock, logs nothing and uses no floats. It does not own how rows are
// read (importers), what lasts (jobs/ledger) or what reports look like
// (exporters).
//
// Invariants: refund + fee = prorated amount, and 0 <= fee <= prorated; no window
// of the refund limit ever holds more than the limit, in any order of arrival;
// every document's postings balance; a credit's amount = used + expired +
// balance; the order of a book's rows never matters.
package invoicing
