// Package blob keeps the bytes of attachments, under their SHA-256, in a folder or
// on a server that speaks S3. It owns how they are laid out there and made safe; it
// knows nothing of what they are, to whom they belong, or who may read them.
package blob
