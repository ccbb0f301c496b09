"""Which of FFmpeg's demuxers and decoders are open to a recording, by the names that docs/audio.md gives them.

Whatever is not named here is not opened: each parser that reads hostile bytes is one more that may have a hole. A form
that the gateway accepts has its demuxer here; playlists and descriptions that name other files have none.
"""

from typing import Final

DEMUXERS: Final[dict[str, tuple[str, ...]]] = {
    "WAV, RF64, BW64": ("wav",),
    "W64": ("w64",),
    "AIFF, AIFC": ("aiff",),
    "CAF": ("caf",),
    "AU": ("au",),
    "FLAC": ("flac",),
    "WavPack": ("wv",),
    "TTA": ("tta",),
    "Monkey's Audio": ("ape",),
    "MP1, MP2, MP3": ("mp3",),
    "AAC (ADTS)": ("aac",),
    "AC-3, E-AC-3": ("ac3", "eac3"),
    "DTS": ("dts",),
    "AMR": ("amr",),
    "Ogg": ("ogg",),
    "M4A, MP4, MOV, 3GP": ("mov", "mp4", "m4a", "3gp", "3g2"),
    "Matroska, WebM": ("matroska", "webm"),
    "WMA (ASF)": ("asf",),
    "FLV": ("flv",),
    "AVI": ("avi",),
    "MPEG program and transport streams": ("mpeg", "mpegts"),
    "SPHERE (NIST)": ("nistsphere",),
}

DECODERS: Final[dict[str, tuple[str, ...]]] = {
    "PCM, integers": (
        *("pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_s64le"),
        *("pcm_s64be", "pcm_u8", "pcm_u16le", "pcm_u16be", "pcm_u24le", "pcm_u24be", "pcm_u32le", "pcm_u32be"),
    ),
    "PCM, floats": ("pcm_f16le", "pcm_f24le", "pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be"),
    "PCM of discs and broadcasts": ("pcm_bluray", "pcm_dvd", "s302m"),
    "A-law, µ-law": ("pcm_alaw", "pcm_mulaw"),
    "ADPCM": ("adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt", "adpcm_swf", "adpcm_yamaha"),
    "G.722, G.726": ("g722", "g726", "g726le"),
    "GSM": ("gsm", "gsm_ms"),
    "AMR": ("amrnb", "amrwb"),
    "MP1, MP2, MP3": ("mp1", "mp2", "mp3float"),
    "AAC": ("aac", "aac_latm"),
    "AC-3, E-AC-3, DTS": ("ac3", "eac3", "dca"),
    "Vorbis, Opus, Speex": ("vorbis", "opus", "speex"),
    "FLAC, ALAC, WavPack, TTA, Monkey's Audio": ("flac", "alac", "wavpack", "tta", "ape"),
    "WMA": ("wmav1", "wmav2", "wmapro", "wmalossless", "wmavoice"),
    "Nellymoser": ("nellymoser",),
}

OPEN_DECODERS: Final = frozenset(name for names in DECODERS.values() for name in names)

# The options that make FFmpeg keep to it. The demuxers and what they open in turn inherit all three.
CONTAINER_OPTIONS: Final = {
    "format_whitelist": ",".join(name for names in DEMUXERS.values() for name in names),
    "codec_whitelist": ",".join(sorted(OPEN_DECODERS)),
    "protocol_whitelist": "none",
}
