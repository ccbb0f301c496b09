"""What every process of the system needs and none of it is about TTS: settings, logs, metrics, traces, tasks, health.

It imports nothing of ours, and knows neither NATS nor S3.
"""
