class SiteApplication {}
