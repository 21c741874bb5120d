"""The ten rules for e-mail addresses, a second time: written from their text alone, slow and plain.

canonical(text) gives the canonical address, or None where the rules reject.  Unicode comes from
Python itself, international domain names from the idna package.
"""
import re
import unicodedata

import idna

SPACES = '\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000' + ''.join(
    map(chr, range(0x2000, 0x200B)))
INVISIBLE = dict.fromkeys(
    [0xAD, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF]
    + list(range(0x202A, 0x202F)) + list(range(0x2066, 0x206A)))
ATEXT = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]")
QUOTES = ['""', "''", '“”', '‘’', '„“', '„”', '‚‘', '‚’', '””', '’’', '«»', '»«', '‹›', '›‹']


class Reject(Exception):
    """The text is no address."""


def canonical(text):
    try:
        return address(text)
    except Reject:
        return None


def require(condition):
    if not condition:
        raise Reject


def address(text):
    text = clean(text)
    text = text.strip(' ').rstrip(' ,;')                            # rule 3
    if text[:7].lower() == 'mailto:' and text[:7].isascii():        # rule 4
        text = percent(text[7:].split('?')[0]).strip(' ')
    text = unwrap(text)                                             # rule 5
    local, domain = at(text)                                        # rule 6
    result = local_part(local) + '@' + domain_part(domain)
    require(len(result.encode()) <= 254)                            # rule 9
    return result


def clean(text):
    """Rules 1 and 2."""
    text = ''.join(chr(ord(c) - 0xFEE0) if '\uff01' <= c <= '\uff5e' else c for c in text)
    text = ''.join(' ' if c in SPACES else c for c in text).translate(INVISIBLE)
    require(not any(unicodedata.category(c) == 'Cc' for c in text))

    def joiners(match):
        before, after = text[:match.start()][-1:], text[match.end():][:1]
        return match.group() if beyond_ascii(before) and beyond_ascii(after) else ''

    return re.sub('[\u200c\u200d]+', joiners, text)


def beyond_ascii(c):
    """Also after rule 7: the four characters are ASCII, or start with it, in lower case or NFC."""
    return not c.isascii() and c not in '\u0130\u037e\u1fef\u212a'


def percent(text):
    data = re.sub(rb'%([0-9A-Fa-f]{2})', lambda m: bytes([int(m.group(1), 16)]), text.encode())
    try:
        return clean(data.decode())
    except UnicodeDecodeError:
        raise Reject from None


def mask(text):
    """Text of the same length with everything inside double quotes replaced by a letter."""
    out, inside, escaped = '', False, False
    for c in text:
        if escaped:
            out, escaped = out + 'q', False
        elif inside and c == '\\':
            out, escaped = out + 'q', True
        elif c == '"':
            out, inside = out + '"', not inside
        else:
            out += 'q' if inside else c
    return out


def unwrap(text):
    start = mask(text).find('(')
    if start >= 0:
        rest = re.sub(r'\\.', 'qq', text[start:], flags=re.S)
        depth = 0
        for i, c in enumerate(rest):
            depth += (c == '(') - (c == ')')
            if depth == 0:
                break
        require(depth == 0 and i == len(rest) - 1)
        text = text[:start].strip(' ')
    outside = mask(text)
    if '<' in outside:
        require(outside.count('<') == 1)
        start = outside.index('<')
        inner = text[start + 1:]
        end = mask(inner).find('>')
        require(end == len(inner) - 1)
        name, text = text[:start].strip(' '), inner[:-1].strip(' ')
        if '@' in mask(name):
            require(unquote(name).lower() == text.lower())
    return unquote(text)


def unquote(text):
    if len(text) >= 2 and text[0] + text[-1] in QUOTES:
        return clean(text[1:-1]).strip(' ')
    return text


def at(text):
    if text.startswith('"'):
        match = re.fullmatch(r'("(?:[^"\\]|\\.)*") *@ *([^@]*)', text, re.S)
    else:
        match = re.fullmatch(r'([^@]*?) *@ *([^@]*)', text, re.S)
    require(match)
    return match.groups()


def local_part(text):
    """Rule 7."""
    quoted = text.startswith('"')
    if quoted:
        text = re.sub(r'\\(.)', r'\1', text[1:-1], flags=re.S)
    require(text)
    for c in text:
        require(c != '\ufffd' and unicodedata.category(c) not in ('Co', 'Cs'))
        require(not (ord(c) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(c) <= 0xFDEF))
    plain = all(not c.isascii() or ATEXT.match(c) for c in text)
    require(quoted or plain)
    text = unicodedata.normalize('NFC', text.lower())
    plain = all(not c.isascii() or ATEXT.match(c) for c in text)
    require(quoted or plain)
    if not plain:
        text = '"' + re.sub(r'(["\\])', r'\\\1', text) + '"'
    require(len(text.encode()) <= 64)
    return text


def domain_part(text):
    """Rule 8."""
    text = re.sub('[\u3002\uff61]', '.', text).replace('\u1e9e', '\xdf')
    labels = '.'.join(a_label(label) for label in text.split('.')).lower()
    labels = labels[:-1] if labels.endswith('.') else labels
    require(len(labels) <= 253)
    labels = labels.split('.')
    require(len(labels) >= 2)
    for label in labels:
        require(re.fullmatch(r'(?!-)[a-z0-9-]{1,63}(?<!-)', label, re.A))
    require(len(labels[-1]) >= 2 and not re.fullmatch('[0-9]+', labels[-1]))
    return '.'.join(labels)


def a_label(label):
    if label.isascii():
        return label
    require(re.fullmatch('[A-Za-z0-9-]*', re.sub('[^\0-\x7f]', '', label)))
    require(not re.search('[\u2260\u226e\u226f]', label))
    try:
        return idna.encode(label, uts46=True, std3_rules=False, transitional=False).decode()
    except (idna.IDNAError, UnicodeError):
        raise Reject from None
