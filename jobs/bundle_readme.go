package jobs

import (
	"fmt"
	"strings"

	"prorata/jobs/ledger"
)

// inputName is an input in the bundle: its number and its sender's name.
func inputName(f ledger.File) string {
	return fmt.Sprintf("inputs/%d %s", f.N, plainFile(f.Name))
}

// instructions are the bundle's README.md.
func (b *bundle) instructions() []byte {
	var s strings.Builder
	last := b.runs[len(b.runs)-1]
	fmt.Fprintf(&s, `# The nights through %s

This folder holds all that these nights read, by what policies they decided, and what they published. It can be verified with
the program prorata alone; nothing in it needs to be believed.

## How to verify it

1. Get prorata from where you trust it: from its source, or from the biller's auditor of last year; not from this folder,
   which holds none. The last night was made with version %s.
2. In this folder run

       prorata verify

   It compares every file with its hash, follows the chain of manifests, counts the numbers of the documents without a gap, and
   does every night again from the inputs, in a ledger of its own: every decision, document and report must come out as it is
   here, byte for byte. It says what does not, and ends with 0 only if all is well: with 1 if anything here has been changed, with 3 if
   nothing has, but your version of the program comes to something else than the one that made a night. It names that version: take it.
3. Compare the SHA-256 of the last manifest with the one that you were given by another way, or that you noted at your last
   audit: a chain that was forged from its beginning verifies too.

       %s

`+"`sha256sum -c SHA256SUMS`"+` says whether the bundle came whole, without the program.

## What is where

| folder | what it holds |
|---|---|
| reports/ | a folder for each night: night.html and audit.xlsx to begin with, the registers, the documents, manifest.json |
| inputs/ | every file that was read, by number and under its sender's name; `+"`#3!Requests!17`"+` in a report is row 17 of sheet Requests of input 3 |
| policies/ | the policies, by id and the beginning of their SHA-256 |
| ledger/ | the ledger as of the last night, with the inputs by their SHA-256 |

`+"`prorata explain ID`"+` tells a request or a document step by step, with its rules and source rows; `+"`prorata show ID`"+` an account or a
reservation.

## The nights

| run | as of | folder | SHA-256 of its manifest |
|---|---|---|---|
`, b.AsOf, last.Version, last.ManifestSHA256)
	for _, run := range b.runs {
		fmt.Fprintf(&s, "| %d | %s | %s | %s |\n", run.N, run.AsOf, run.Folder, run.ManifestSHA256)
	}
	s.WriteString("\n## The inputs\n\n| number | run | name | as | SHA-256 |\n|---|---|---|---|---|\n")
	for _, f := range b.files {
		fmt.Fprintf(&s, "| %d | %d | %s | %s | %s |\n", f.N, f.Run, strings.ReplaceAll(plainFile(f.Name), "|", "\\|"), strings.Join(f.Kinds, ", "), f.SHA256)
	}
	return []byte(s.String())
}
