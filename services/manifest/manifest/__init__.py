"""The manifest service: joins a finished run's facts into training_data.jsonl and ends the run."""
