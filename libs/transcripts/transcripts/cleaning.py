"""Texts without their markup, where a run's options ask for it. What they were stays beside them."""

from dataclasses import replace

from transcripts.characters import join_lines
from transcripts.cues import Cue, DropCode, DroppedCue, Transcript, quote
from transcripts.markup import decode_entities, strip_markup, strip_tags


def clean(transcript: Transcript, *, tags: bool, entities: bool) -> Transcript:
    """Without `tags` (of HTML and WebVTT, and codes of ASS), and with `entities` decoded.

    A cue that was nothing else is dropped as `empty-text`. Cues whose times are final were corrected by hand, and stay.
    """
    cues: list[Cue] = []
    dropped = list(transcript.dropped)
    for cue in transcript.cues:
        text = cue.text if cue.fixed else _cleaned(cue.text, tags=tags, entities=entities)
        if not text:
            detail = f"nothing but markup in its text: {quote(cue.text)}"
            dropped.append(
                DroppedCue(cue.number, cue.line, DropCode.EMPTY_TEXT, detail, cue.start_us, cue.end_us, cue.text)
            )
        elif text == cue.text:
            cues.append(cue)
        else:
            cues.append(cue._replace(text=text, raw=cue.text if cue.raw is None else cue.raw))
    dropped.sort(key=lambda each: each.number)
    return replace(transcript, cues=tuple(cues), dropped=tuple(dropped))


def _cleaned(text: str, *, tags: bool, entities: bool) -> str:
    stripped = strip_markup(text) if tags and entities else strip_tags(text) if tags else decode_entities(text)
    return text if stripped == text else join_lines(stripped)
