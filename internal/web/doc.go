// Package web owns what every page shares: language, layout, components, assets,
// errors, middleware and the seams by which features add pages and sections.
// It knows no feature, reads no database and holds no rule of the field.
package web
