package ledger

import "fmt"

// A shelf holds the facts of one kind: sorted items (a key and a value) in
// immutable segments. The numbers are stored; they are never given to another
// name.
type shelf uint8

// The shelves, with their keys. Strings in a key that others follow end in a
// zero byte; numbers are big-endian.
const (
	onAccount      shelf = iota + 1 // account
	onPurchase                      // account, order, date
	onVendorCredit                  // account, order, date
	onCharge                        // account, date
	onOrder                         // hash of the order (see orders.go): the account
	_                               // these two were fingerprints of vendor credits and charges
	_
	onRequest     // request id
	onPending     // hash of the order, request id
	onInvoice     // account, invoice number, line number
	onPrice       // SKU, region, account, term, currency, from, origin
	onRate        // date, currency
	onUsage       // order, date
	onRefusal     // run, file, row, n
	onDecided     // request id
	onTouched     // account
	onSettlement  // run, group
	onStandingOf  // run, account
	onStanding    // account
	onBook        // account
	onOpenCredit  // account
	onNewCredit   // order, account, date: vendor credits not yet reconciled
	onReconciled  // run, order
	onOpenBreak   // order
	onClosedMatch // order
	onDue         // date on which an order is weighed again, as a credit falls due; order
	onAcceptance  // run that it followed, n
	onOpening     // account, hash of the row, copy
	onNewOpening  // account, hash of the row, copy: those of a run that is not yet settled
	onWording     // number
)

var shelfNames = [...]string{
	"", "account", "purchase", "vendor-credit", "charge", "order", "credit-print", "charge-print", "request", "pending",
	"invoice", "price", "rate", "usage", "refusal", "decided", "touched", "settlement", "standing-of-run", "standing", "book",
	"open-credit", "new-credit", "reconciled", "open-break", "closed-match", "due", "acceptance",
	"opening", "new-opening", "wording",
}

func (s shelf) String() string {
	if int(s) < len(shelfNames) {
		return shelfNames[s]
	}
	return fmt.Sprintf("shelf %d", uint8(s))
}

// newestOnly reports whether an older version of an item may go when segments
// are merged: what can be derived again, or is found elsewhere by run.
func (s shelf) newestOnly() bool {
	switch s {
	case onDecided, onStanding, onBook, onOpenCredit, onTouched, onOpenBreak, onClosedMatch:
		return true
	}
	return false
}
