from tests.scenarios.office import Office
from datetime import timedelta
async def test_peek(office: Office) -> None:
    ada, grace, alan, barbara = office.ada, office.grace, office.alan, office.barbara
    v = await office.form(ada, "windows 11 migration")
    print(v.words); print(v.values)
    r = await ada.submit(v); print(r)
    await ada.choose(v, [b for b in v.values if b.startswith("parameter")][0], "tonight")
    r = await ada.submit(v); print(r)
    m = await office.asked(grace, "waits for a decision")
    print(m.words); print((await office.card(ada, "running")).words)
    await grace.press(m, "Approve")
    print((await office.card(ada, "Approved by")).words)
    c = await office.card_after(ada, "done"); print(c.words)
    print([t.path+str(t.body) for t in office.triggers()])
    for line in ("nothing fits xyzzy", "restart print spooler", "", "wipe lost device"):
        v = await office.form(ada, line); print("----", line); print(v.words)
        await ada.close(v)
    v = await office.form(barbara, "teams cache"); print(v.words, v.values)
    v = await office.form(office.slack.client_of("Donald Example"), "teams cache"); print(v.words, v.values)
    v = await office.form(office.slack.client_of("Katherine Example"), "teams cache"); print(v.words, v.values)
