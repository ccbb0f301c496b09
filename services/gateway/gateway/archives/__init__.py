"""Archives that exist only while they are sent: their bytes follow from the manifests of the results they hold."""
