// Package siteweb has the pages about the installation itself: its data with
// their sources and downloads, what it is, how accessible it is, who publishes
// it; and what machines ask of a site (robots.txt, sitemap, icon).
//
// It knows the layout and the snapshot, and no feature.
package siteweb
