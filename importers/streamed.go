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
	rd := &reader{ctx: ctx, in: &input{ctx: ctx, in: r}, size: size}
	_, ok, err := rd.vendorExport()
	return ok, err
}
