"""Pure rules of the join and of the watchdog: values in, values out."""
