"""Oakfield Academy Trust: a whole made-up schools file, small enough to know by heart, for the tests here."""

from functools import cache

from bot.reporting.people import Directory
from bot.reporting.schools import read_schools

OAKFIELD = """\
trust:
  {id: oakfield, name: Oakfield Academy Trust, nation: england, policy: dartmoor, timezone: Europe/London}
schools:
  - {id: oak-primary, name: Oak Primary}
  - id: oak-high
    name: Oak High
    policy: rack-house
    contacts: {dsl_phone: "01632 960013"}
people:
  - {id: priya, name: Priya Nair, aliases: [Mrs Nair], email: priya@oakfield.example, school: oak-primary,
     slack: U0PRIYA, teams: 7b1c0000-0000-4000-8000-000000000001}
  - {id: sam, name: Sam Okafor, email: sam@oakfield.example, school: oak-primary, slack: U0SAM}
  - {id: omar, name: Omar Haddad, email: omar@oakfield.example, school: oak-primary, slack: U0OMAR}
  - {id: ruth, name: Ruth Bell, email: ruth@oakfield.example, school: oak-primary, slack: U0RUTH}
  - {id: helen, name: Helen Marsh, email: helen@oakfield.example, school: oak-primary, slack: U0HELEN}
  - {id: tom, name: Tom Fielding, email: tom@oakfield.example, school: oak-primary, slack: U0TOM,
     manager: omar}
  - {id: chair, name: Margaret Hale, email: chair@oakfield.example, school: oak-primary, slack: U0CHAIR}
  - {id: vera, name: Vera Stanton, email: vera@oakfield.example, school: oak-primary, slack: U0VERA}
  - {id: ceo, name: Elaine Forsyth, email: ceo@oakfield.example, slack: U0CEO}
  - {id: tessa, name: Tessa Lindqvist, email: tessa@oakfield.example, slack: U0TESSA}
  - {id: dan, name: Dan Osei, email: dan@oakfield.example, slack: U0DAN}
  - {id: trust_chair, name: Gordon Abara, email: trust.chair@oakfield.example, slack: U0TRUSTCHAIR}
  - {id: ada, name: Ada Kowalski, email: ada@oakfield.example, slack: U0ADA}
  - {id: pat, name: Pat Lowe, email: pat@oakfield.example, slack: U0PAT}
  - {id: ivan, name: Ivan Petrov, email: ivan@oakfield.example, slack: U0IVAN}
  - {id: nora, name: Nora Quinn, email: nora@oakfield.example, slack: U0NORA}
  - {id: hugo, name: Hugo Brandt, email: hugo@oakfield.example, slack: U0HUGO}
  - {id: lena, name: Lena Fischer, email: lena@oakfield.example, school: oak-high, slack: U0LENA}
  - {id: marcus, name: Marcus Adeyemi, email: marcus@oakfield.example, school: oak-high, slack: U0MARCUS}
  - {id: bea, name: Beatrice Tolley, email: bea@oakfield.example, school: oak-high, slack: U0BEA}
  - {id: colin, name: Colin Yardley, email: colin@oakfield.example, school: oak-high, slack: U0COLIN}
  - {id: gail, name: Gail Sorensen, email: gail@oakfield.example, school: oak-high, slack: U0GAIL}
  - {id: vic, name: Victor Lindley, email: vic@oakfield.example, school: oak-high, slack: U0VIC}
roles:
  - {role: dsl, school: oak-primary, people: [sam]}
  - {role: deputy_dsl, school: oak-primary, people: [omar, ruth]}
  - {role: principal, school: oak-primary, people: [helen]}
  - {role: deputy_head, school: oak-primary, people: [omar]}
  - {role: slt, school: oak-primary, people: [helen, omar]}
  - {role: governors, school: oak-primary, people: [chair]}
  - {role: about_head, school: oak-primary, people: [chair]}
  - {role: vice_chair, school: oak-primary, people: [vera]}
  - {role: dsl, school: oak-high, people: [lena]}
  - {role: deputy_dsl, school: oak-high, people: [bea]}
  - {role: principal, school: oak-high, people: [marcus]}
  - {role: deputy_head, school: oak-high, people: [colin]}
  - {role: slt, school: oak-high, people: [marcus, colin]}
  - {role: governors, school: oak-high, people: [gail]}
  - {role: about_head, school: oak-high, people: [gail]}
  - {role: vice_chair, school: oak-high, people: [vic]}
  - {role: executive, people: [ceo]}
  - {role: about_executive, people: [trust_chair]}
  - {role: trust_safeguarding, people: [tessa]}
  - {role: dpo, people: [dan]}
  - {role: administrator, people: [ada]}
  - {role: policy_owner, people: [pat]}
  - {role: it, people: [ivan]}
  - {role: communications, people: [nora]}
  - {role: hr, people: [hugo]}
contacts:
  dsl_phone: "01632 960003"
  lado: "Oakshire LADO, 01632 960000"
  social_care: "01632 960001"
  social_care_out_of_hours: "01632 960002"
  police: "101"
  emergency: "999"
ladders:
  child:
    immediate:
      - {tell: [route, dsl], within: 5m}
      - {tell: [deputy_dsl, principal], within: 5m}
      - {tell: [trust_safeguarding], alert: [executive], within: 10m}
    today:
      - {tell: [route], within: 2h}
      - {tell: [dsl, principal], within: 2h}
      - {tell: [trust_safeguarding], within: 4h}
  adult:
    immediate:
      - {tell: [route], within: 15m}
      - {tell: [deputy_head], within: 15m}
      - {tell: [trust_safeguarding], alert: [governors], within: 30m}
  head:
    immediate:
      - {tell: [route], within: 15m}
      - {tell: [vice_chair, trust_safeguarding], within: 15m}
      - {tell: [trust_safeguarding], alert: [about_executive], within: 30m}
  other:
    today:
      - {tell: [route], within: 2h}
      - {tell: [principal], within: 2h}
      - {tell: [executive], within: 4h}
    routine:
      - {tell: [route], within: 2d}
      - {tell: [principal], within: 2d}
calendar:
  hours: "08:00-17:00"
  days: [mon, tue, wed, thu, fri]
  terms:
    - {from: 2026-09-02, to: 2026-10-23}
    - {from: 2026-11-02, to: 2026-12-18}
    - {from: 2027-01-04, to: 2027-02-12}
    - {from: 2027-02-22, to: 2027-03-25}
    - {from: 2027-04-12, to: 2027-05-28}
    - {from: 2027-06-07, to: 2027-07-21}
  holidays: england-and-wales
"""


@cache
def directory() -> Directory:
    """Oakfield's schools file, read once."""
    return read_schools(OAKFIELD, "schools.yml")
