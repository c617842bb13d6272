package importers

import (
	"context"
	"io"
)

// Streamed reports whether a file is an export that Read streams, however long it
// is: it has rows of vendors, and never a request.
func Streamed(ctx context.Context, r io.ReaderAt, size int64) (bool, error) {
	if size <= 0 {
		return false, nil
	}
	_, ok, err := Reading{}.reader(ctx, r, size).vendorExport()
	return ok, err
}
