"""Pure rules of planning and cutting: values in, values out."""
