// Package exporters owns what a night looks like to people and to other
// programs: the registers, documents and manifest of one committed run, the folder
// that holds them, and the claims on the vendor. It turns a Night into bytes and
// nothing else: the same Night gives the same bytes always, on any machine, however
// often.
//
// It does not own what is decided or what a document says (package invoicing),
// nor where a Night comes from: it reads no ledger, no clock and no environment.
//
// Invariants: a folder appears whole or not at all; what is published is never
// overwritten; every file but the manifest is named in the manifest with its
// SHA-256; every source that a row cites is an input of the manifest; no text is
// written so that a spreadsheet program executes it (OUT-7).
package exporters

import (
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"slices"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
	"prorata/invoicing/reconcile"
)

// Night is all that the outputs of one committed run are made from. The
// iterators are walked once, one after the other in the order of the fields, each in
// a goroutine of its own and a little ahead: what it has yielded must stay as it is.
// A nil iterator yields nothing.
type Night struct {
	Run              int        // from 1
	Folder           string     // the folder's name: 2026-11-22-001; letters, digits and hyphens
	DryRun           bool       // a rehearsal: a folder of that name is replaced
	AsOf             money.Date // the date of every document
	Version          string     // of the program
	PreviousManifest string     // SHA-256 in hex of the run before; empty for the first
	// Inputs are all files of the ledger up to this run, by number. The manifest
	// names those that this run read and those that its outputs cite.
	Inputs   []Input
	Policies []PolicyUse
	Proof    []ProofLine
	// Seller is who issues the documents.
	Seller Seller
	// Rates are the reference rates that may stand for the as-of date, by date: those
	// published on it and on the days before that still count. They are for the tax in
	// SEK on a Swedish seller's documents in another currency (DOC-6). A currency
	// without one is said in the manifest.
	Rates []invoicing.Rate
	// Settlements are the run's, in the order of their groups, with the numbers
	// of the run filled in.
	Settlements iter.Seq2[*invoicing.Settlement, error]
	// Standings are the latest of every account, by account.
	Standings iter.Seq2[Standing, error]
	// Refusals are the run's, in the order of their sources.
	Refusals iter.Seq2[*invoicing.Fault, error]
	// Reconciliation is what the night matched and resolved, what persons accepted
	// before it, and what is open (REC).
	Reconciliation iter.Seq2[*reconcile.Line, error]
}

// Input is one file that was read; Rows = Kept + Known + Ignored + Refused (OUT-8 g).
type Input struct {
	Number  int      `json:"number"`               // from 1 over all runs, as in #3!Requests!17
	Name    string   `json:"name"`                 // as it lay in the inbox, for people: never a path
	Kinds   []string `json:"kinds"`                // what it was recognised as; a workbook may hold several
	SHA256  string   `json:"sha256"`               // hex
	Size    int64    `json:"size"`                 // bytes
	Run     int      `json:"run"`                  // that read it
	Again   bool     `json:"readBefore,omitempty"` // the same bytes were read before: nothing was taken (IMP-9)
	Rows    int      `json:"rows"`
	Kept    int      `json:"kept"`
	Known   int      `json:"known"`
	Ignored int      `json:"ignored"`
	Refused int      `json:"refused"`
}

// PolicyUse is a policy of the run's chain (POL-3).
type PolicyUse struct {
	ID     string
	SHA256 string         // hex, of the file it was read from
	From   money.Date     // zero for the first of the chain
	Policy *policy.Policy // the parameters and sources, for the audit; nil where they are not at hand
}

// ProofLine is one line of the proof (OUT-8).
type ProofLine struct {
	Line     string `json:"line"`               // "a" to "g"
	Says     string `json:"says"`               // prorated = refund + fee
	Currency string `json:"currency,omitempty"` // empty for a count of rows
	Counted  bool   `json:"counted,omitempty"`  // Left and Right count rows of the currency
	Left     string `json:"left"`               // the sum on the left, a decimal number
	Right    string `json:"right"`              // the sum on the right
	Holds    bool   `json:"holds"`
}

// Standing is the latest standing of one account and the run that left it.
type Standing struct {
	Run     int
	Credits []invoicing.Credit
	Limits  []invoicing.AccountLimit
}

// check refuses a night that could not be published honestly.
func (n *Night) check() error {
	switch {
	case n.Run < 1:
		return fmt.Errorf("run %d: runs are numbered from 1", n.Run)
	case !plainName(n.Folder):
		return fmt.Errorf("%q is not a folder name of letters, digits and hyphens", n.Folder)
	case n.AsOf.IsZero():
		return errors.New("the as-of date is missing")
	case n.PreviousManifest != "" && !isSHA256(n.PreviousManifest):
		return fmt.Errorf("%q is not a SHA-256 in hex of the run before", n.PreviousManifest)
	case !slices.IsSortedFunc(n.Inputs, func(a, b Input) int { return a.Number - b.Number }):
		return errors.New("the inputs are not in the order of their numbers")
	}
	for i, in := range n.Inputs {
		if in.Number < 1 || in.Number > maxInputs || i > 0 && n.Inputs[i-1].Number == in.Number {
			return fmt.Errorf("input %d (%q): numbers go from 1 through %d, each once", in.Number, in.Name, maxInputs)
		}
	}
	return nil
}

// maxInputs bounds the table of inputs by number.
const maxInputs = 1 << 24

// plainName accepts what is a plain folder name on every system.
func plainName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && (c != '-' || i == 0) {
			return false
		}
	}
	return len(s) > 0 && len(s) <= 64
}

func isSHA256(s string) bool {
	_, err := hex.DecodeString(s)
	return err == nil && len(s) == 64
}
