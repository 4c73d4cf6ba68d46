// Package s3test gives tests a real server that speaks S3, versitygw, built from
// the tools' own go.mod, on a temporary folder. Only tests import it.
package s3test
