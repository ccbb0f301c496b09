"""A small file of each timed format, as the program that writes it would, and what a person hears in it."""

import json
from typing import NamedTuple

from transcripts import TranscriptKind


class Sample(NamedTuple):
    """`cues` are start and end in milliseconds, text and speaker; `dropped` the codes of what is left out."""

    kind: TranscriptKind
    text: str
    cues: list[tuple[int, int, str, str | None]]
    dropped: tuple[str, ...] = ()


VTT = """WEBVTT - a talk
Kind: captions

STYLE
::cue(.loud) { color: red }

REGION
id:top

NOTE made by hand

intro
00:01.000 --> 00:02.500 align:start position:0%
<v.loud Ann>Good <b>morning</b>,
all &amp; sundry</v>

00:00:03.000 --> 00:00:04.000
It <00:00:03.400><c.colorE5E5E5>is</c> <lang en>late</lang>, 1 < 2 &lt;3

00:00:05.000 --> 00:00:06.000
<ruby>漢<rt>kan</rt></ruby>字

00:O7.000 --> 00:08.000
mistyped

00:00:09.000 --> 00:00:10.000
<c.white></c>
"""

ASS = r"""[Script Info]
Title: x
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname
Style: Default,Arial

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:02.50,Default,Ann,0,0,0,,{\an8}Good, morning\Nall
Comment: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,not spoken
Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,{\p1}m 0 0 l 9 9{\p0}Drawn\hover
Dialogue: 0,0:00:05.00,0:00:06.00,Default,,0,0,0,,{\k20}La {\k30}la{comment}
Dialogue: 0,0:00:0x.00,0:00:06.00,Default,,0,0,0,,lost
"""

TTML = """<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"
    xmlns:ttm="http://www.w3.org/ns/ttml#metadata" ttp:frameRate="25" ttp:tickRate="1000">
  <head><metadata><ttm:agent xml:id="a" type="person"><ttm:name>Ann</ttm:name></ttm:agent></metadata></head>
  <body><div begin="1s">
    <p begin="0s" end="1.5s" ttm:agent="a">Good <span tts:x="1" xmlns:tts="y">morning</span>,<br/>
       all &amp; sundry</p>
    <p begin="00:00:02:05" dur="1000t">Frames</p>
    <p begin="4000t" end="00:00:05.000"><metadata>no text</metadata>Ticks</p>
    <p><span begin="6s" end="7s">First</span> <span begin="7s" end="8s">second</span></p>
    <p begin="x" end="9s">lost</p>
  </div></body>
</tt>
"""

SRV3 = """<?xml version="1.0" encoding="utf-8" ?><timedtext format="3">
<head><ws id="0"/></head>
<body>
<w t="0" id="1"/>
<p t="1000" d="1500" w="1"><s ac="0">good</s><s t="400" ac="0"> morning</s></p>
<p t="2490" d="10" w="1" a="1">
</p>
<p t="2500" d="1500" w="1">It&#39;s &amp;quot;late&amp;quot;</p>
</body></timedtext>"""

WHISPER = json.dumps(
    {
        "text": " Good morning. It is late.",
        "segments": [
            {
                "id": 0,
                "start": 1.0,
                "end": 2.5,
                "text": " Good morning.",
                "speaker": "Ann",
                "words": [{"word": " Good", "start": 1.0, "end": 1.4}, {"word": " morning.", "start": 1.4, "end": 2.5}],
            },
            {"id": 1, "start": 3.0, "end": 4.25, "text": " It is late.", "avg_logprob": float("nan")},
            {"id": 2, "start": 5.0, "end": 5.0, "text": " Empty."},
        ],
        "language": "en",
    },
    indent=1,
)
JSON3 = json.dumps(
    {
        "wireMagic": "pb3",
        "events": [
            {"tStartMs": 0, "dDurationMs": 9000, "id": 1, "wpWinPosId": 1},
            {"tStartMs": 1000, "dDurationMs": 1500, "segs": [{"utf8": "good"}, {"utf8": " morning", "tOffsetMs": 400}]},
            {"tStartMs": 2490, "aAppend": 1, "segs": [{"utf8": "\n"}]},
            {"tStartMs": 2500, "dDurationMs": 1500, "segs": [{"utf8": "it is\nlate"}]},
        ],
    }
)

LONG_GRID = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 6
tiers? <exists>
size = 2
item []:
    item [1]:
        class = "IntervalTier"
        name = "words"
        xmin = 0
        xmax = 6
        intervals: size = 1
        intervals [1]:
            xmin = 1
            xmax = 2
            text = "Good"
    item [2]:
        class = "IntervalTier"
        name = "sentences"
        xmin = 0
        xmax = 6
        intervals: size = 3
        intervals [1]:
            xmin = 0
            xmax = 1
            text = ""
        intervals [2]:
            xmin = 1
            xmax = 2.5
            text = "Good ""morning"", all"
        intervals [3]:
            xmin = 3
            xmax = 4
            text = "It is 2
late"
"""
SHORT_GRID = '"ooTextFile"\n"TextGrid"\n0\n6\n<exists>\n1\n"IntervalTier"\n"Ann - words"\n0\n6\n1\n1\n2.5\n"Good"\n'

SAMPLES = {
    "WebVTT": Sample(
        TranscriptKind.VTT,
        VTT,
        [
            (1000, 2500, "Good morning, all & sundry", "Ann"),
            (3000, 4000, "It is late, 1 < 2 <3", None),
            (5000, 6000, "漢字", None),
        ],
        ("bad-time", "empty-text"),
    ),
    "SBV": Sample(
        TranscriptKind.SBV,
        "0:00:01.000,0:00:02.500\n>> ANN: Good morning,\nall\n\n0:00:03.000,0:00:04.000\nIt is late\n\n"
        "0:00:0x.000,0:00:06.000\nlost\n\n0:00:07.000,0:00:06.000\nBack\n",
        [(1000, 2500, "Good morning, all", "ANN"), (3000, 4000, "It is late", None)],
        ("bad-time", "end-before-start"),
    ),
    "SubViewer 2": Sample(
        TranscriptKind.SUBVIEWER,
        "[INFORMATION]\n[TITLE]x\n[END INFORMATION]\n[SUBTITLE]\n[COLF]&HFFFFFF,[STYLE]bd,[SIZE]18\n"
        "00:00:01.00,00:00:02.50\nGood morning,[br]all\n\n00:00:03.00,00:00:04.00\nLate\n",
        [(1000, 2500, "Good morning, all", None), (3000, 4000, "Late", None)],
    ),
    "SubViewer 1": Sample(
        TranscriptKind.SUBVIEWER,
        "[TITLE]\nx\n[BEGIN]\n******** START SCRIPT ********\n"
        "[00:00:01]\nGood|morning\n[00:00:02]\n\n[00:00:03]\nLate\n[00:00:04]\n\n[end]\n",
        [(1000, 2000, "Good morning", None), (3000, 4000, "Late", None)],
    ),
    "LRC": Sample(
        TranscriptKind.LRC,
        "[ar:Somebody]\n[offset:+500]\n[00:01.50][00:05.50]Good <00:02.00>morning\n[00:03.00]\n"
        "[00:03.50]Late\n[length: 00:08]\n",
        [(1000, 2500, "Good morning", None), (5000, 7500, "Good morning", None), (3000, 5000, "Late", None)],
    ),
    "MicroDVD": Sample(
        TranscriptKind.MICRODVD,
        "{1}{1}25.000\n{25}{50}{y:i}Good|/morning\n{75}{}Late\n{100}{125}{Y:b}{c:$0000ff}Red\n{x}{125}lost\n",
        [(1000, 2000, "Good morning", None), (3000, 4000, "Late", None), (4000, 5000, "Red", None)],
        ("bad-time",),
    ),
    "ASS": Sample(
        TranscriptKind.ASS,
        ASS,
        [(1000, 2500, "Good, morning all", "Ann"), (3000, 4000, "Drawn over", None), (5000, 6000, "La la", None)],
        ("bad-time",),
    ),
    "TTML": Sample(
        TranscriptKind.TTML,
        TTML,
        [
            (1000, 2500, "Good morning, all & sundry", "Ann"),
            (3200, 4200, "Frames", None),
            (5000, 6000, "Ticks", None),
            (7000, 8000, "First", None),
            (8000, 9000, "second", None),
        ],
        ("bad-time",),
    ),
    "srv3": Sample(TranscriptKind.SRV3, SRV3, [(1000, 2500, "good morning", None), (2500, 4000, 'It\'s "late"', None)]),
    "srv1": Sample(
        TranscriptKind.SRV3,
        '<transcript><text start="1.0" dur="1.5">Good &amp;#39;morning&amp;#39;</text>'
        '<text start="3">Late</text></transcript>',
        [(1000, 2500, "Good 'morning'", None), (3000, -1, "Late", None)],
    ),
    "Whisper": Sample(
        TranscriptKind.WHISPER,
        WHISPER,
        [(1000, 2500, "Good morning.", "Ann"), (3000, 4250, "It is late.", None)],
        ("zero-length",),
    ),
    "whisper.cpp": Sample(
        TranscriptKind.WHISPER,
        '{"systeminfo": "x", "transcription": [{"timestamps": {"from": "00:00:01,000", "to": "00:00:02,500"}, '
        '"offsets": {"from": 1000, "to": 2500}, "text": " Good morning."}]}',
        [(1000, 2500, "Good morning.", None)],
    ),
    "chunks of Transformers": Sample(
        TranscriptKind.WHISPER,
        '{"text": "x", "chunks": [{"timestamp": [1.0, 2.5], "text": " Good"}, '
        '{"timestamp": [3.0, null], "text": " Late"}]}',
        [(1000, 2500, "Good", None), (3000, -1, "Late", None)],
    ),
    "a list of segments": Sample(
        TranscriptKind.WHISPER,
        '[{"text": "Good", "start": 1.0, "duration": 1.5},\n {"text": "Late", "start": 3, "end": 4}]',
        [(1000, 2500, "Good", None), (3000, 4000, "Late", None)],
    ),
    "a segment a line": Sample(
        TranscriptKind.WHISPER,
        '{"start": 1.0, "end": 2.5, "text": "Good"}\n{"start": 3, "end": 4, "text": "Late"}\n',
        [(1000, 2500, "Good", None), (3000, 4000, "Late", None)],
    ),
    "json3": Sample(
        TranscriptKind.JSON3, JSON3, [(1000, 2500, "good morning", None), (2500, 4000, "it is late", None)]
    ),
    "Whisper's TSV": Sample(
        TranscriptKind.TSV,
        'start\tend\ttext\n1000\t2500\t"Good morning\n3000\t4000\tLate\n',
        [(1000, 2500, '"Good morning', None), (3000, 4000, "Late", None)],
    ),
    "CSV": Sample(
        TranscriptKind.CSV,
        'Start (s),End (s),Speaker,Text\n1.0,2.5,Ann,"Good, ""morning"""\n00:00:03.0,00:00:04,,Late\nx,5,,lost\n',
        [(1000, 2500, 'Good, "morning"', "Ann"), (3000, 4000, "Late", None)],
        ("bad-time",),
    ),
    "CSV with commas in numbers": Sample(
        TranscriptKind.CSV,
        "begin;duration;transcript\n1,0;1,5;Good, morning\n3,25;0,75;Late\n",
        [(1000, 2500, "Good, morning", None), (3250, 4000, "Late", None)],
    ),
    "CSV in milliseconds": Sample(
        TranscriptKind.CSV,
        "start_ms,end_ms,text\n1000,2500,Good\n3000,4000,Late\n",
        [(1000, 2500, "Good", None), (3000, 4000, "Late", None)],
    ),
    "CSV with names in another language": Sample(
        TranscriptKind.CSV,
        "Beginn;Ende;Text\n1,5;2,75;Hallo\n3,0;4,25;Welt\n",
        [(1500, 2750, "Hallo", None), (3000, 4250, "Welt", None)],
    ),
    "CSV without names": Sample(
        TranscriptKind.CSV,
        '1.0,2.5,"Good, morning"\n3,4,Late\n',
        [(1000, 2500, "Good, morning", None), (3000, 4000, "Late", None)],
    ),
    "TSV in milliseconds without names": Sample(
        TranscriptKind.TSV,
        "1000\t2500\tGood\n300000\t900000\tLate\n",
        [(1000, 2500, "Good", None), (300_000, 900_000, "Late", None)],
    ),
    "clock times between semicolons": Sample(
        TranscriptKind.CSV,
        "0:00:01,0;0:00:02,5;Good\n0:03;0:04;Late\n",
        [(1000, 2500, "Good", None), (3000, 4000, "Late", None)],
    ),
    "Audacity": Sample(
        TranscriptKind.AUDACITY,
        "1.000000\t2.500000\tGood morning\n\\\t100.0\t200.0\n3,000000\t4,000000\tLate\n5.0\t5.0\tpoint\n",
        [(1000, 2500, "Good morning", None), (3000, 4000, "Late", None)],
        ("zero-length",),
    ),
    "TextGrid": Sample(
        TranscriptKind.TEXTGRID,
        LONG_GRID,
        [(1000, 2500, 'Good "morning", all', None), (3000, 4000, "It is 2 late", None)],
    ),
    "short TextGrid": Sample(TranscriptKind.TEXTGRID, SHORT_GRID, [(1000, 2500, "Good", "Ann")]),
    "CTM": Sample(
        TranscriptKind.CTM,
        ";; made by hand\ntalk 1 1.00 0.50 Good 0.99\ntalk 1 1.50 1.00 morning 0.9\ntalk 1 3.00 1.00 late\n",
        [(1000, 2500, "Good morning", None), (3000, 4000, "late", None)],
    ),
}
