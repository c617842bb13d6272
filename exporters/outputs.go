package exporters

import (
	"prorata/invoicing"
	"prorata/invoicing/reconcile"
)

// An output is one file, or one folder of files, of a night. To add one, write a
// file with a part and add a line to outputs.
type output struct {
	name   string // of the file; a folder ends in a slash
	format Formats
	// open begins the output; a nil part is an output that this night does not have.
	open func(p *press, name string) (part, error)
}

// outputs lists all outputs, in the order in which they take their turn.
var outputs = []output{
	{"decisions.csv", CSV, decisions.open},
	{"documents.csv", CSV, documents.open},
	{"document-lines.csv", CSV, documentLines.open},
	{"journal.csv", CSV, journal.open},
	{"credits.csv", CSV, credits.open},
	{"limits.csv", CSV, limits.open},
	{"card-refunds.csv", CSV, cardRefunds.open},
	{"payouts.csv", CSV, payouts.open},
	{"reconciliation.csv", CSV, reconciliation.open},
	{"support-requests.csv", CSV, supportRequests.open},
	{"rejected-rows.csv", CSV, rejectedRows.open},
	{"general-ledger.csv", CSV, openGeneralLedger},
	{"journal.hledger", HLedger, openHLedger},
	{"documents/", JSON, documentsJSON.open},
	{"documents/", PDF, documentsPDF.open},
	{"documents/", UBL, documentsUBL.open},
	{"audit.xlsx", Workbook, newAudit},
	{"night.html", Page, newPage},
}

// A part is one output being written. It is given the night once, piece by piece:
// every settlement in order, then every standing, every refusal, and every line of the
// reconciliation. What goes wrong is kept by the press.
type part interface {
	settlement(*settled)
	standing(*Standing)
	refusal(*invoicing.Fault)
	reconciled(*reconcile.Line)
	// close hands over what is left; the press sees to the fsync.
	close()
}

// settled is a settlement with the postings of its documents, made once for all
// outputs.
type settled struct {
	*invoicing.Settlement
	postings [][]invoicing.Posting // one list for each document
}

// post makes the postings.
func (s *settled) post() {
	s.postings = make([][]invoicing.Posting, len(s.Documents))
	made := make([]invoicing.Posting, 0, 6*len(s.Documents))
	for i := range s.Documents {
		at := len(made)
		made = invoicing.Postings(made, &s.Documents[i])
		s.postings[i] = made[at:len(made):len(made)]
	}
}

// number is the number of a document that a settlement names, which may be one
// of its own.
func (s *settled) number(r invoicing.Ref) string {
	if r.Number == "" && r.New > 0 && r.New <= len(s.Documents) {
		return s.Documents[r.New-1].Number
	}
	return r.Number
}
