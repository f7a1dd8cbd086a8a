//! Zones are found, and mistakes about them are told apart.

use hlc_change::Value;
use hlc_engine::Fault;
use hlc_sim::cloudflare::{Settings, Token};
use serde_json::json;

use crate::lab::{Lab, TOKEN, ZONE, map};

#[tokio::test]
async fn zones_are_found_by_name() {
    let lab = Lab::start();
    let wanted = [
        map(json!({"name": "example.org"})),
        map(json!({"name": "Example.net."})),
        map(json!({"name": "nobody.example"})),
    ];
    let found = lab.zones().list(&wanted.iter().collect::<Vec<_>>()).await.unwrap();
    let mut names: Vec<&str> = found.iter().filter_map(|zone| zone.properties["name"].as_text()).collect();
    names.sort_unstable();
    assert_eq!(names, [ZONE, "example.org"]);
    for zone in &found {
        let id = lab.zone_id(zone.properties["name"].as_text().unwrap());
        assert_eq!((&zone.id, &zone.outputs["id"]), (&id, &Value::text(id.clone())));
        assert_eq!(lab.zones().read(&zone.id, &zone.properties).await.unwrap().as_ref(), Some(zone));
    }
    lab.finish();
}

#[tokio::test]
async fn a_stated_id_is_held_against_the_name() {
    let lab = Lab::start();
    let of = |id: String| map(json!({"name": ZONE, "id": id}));
    let right = of(lab.zone_id(ZONE));
    let found = lab.zones().list(&[&right]).await.unwrap();
    assert_eq!(found[0].id, lab.zone_id(ZONE));
    assert_eq!(lab.sim.control().count("GET", "/zones"), 0, "nothing is looked up by name");

    let other = lab.zone_id("example.org");
    let Err(Fault::Refused { message, help }) = lab.zones().list(&[&of(other.clone())]).await else { panic!() };
    assert_eq!(message, format!("the id `{other}` is not that of the zone `example.net`: it is that of `example.org`"));
    assert_eq!(help.as_deref(), Some("leave `id` out of `zone \"example.net\"`: it is looked up by name then"));

    let nobody = "0123456789abcdef0123456789abcdef";
    let Err(Fault::Refused { message, .. }) = lab.zones().list(&[&of(nobody.to_owned())]).await else { panic!() };
    assert_eq!(message, format!("the id `{nobody}` is not that of the zone `example.net`: no zone has it"));
    let Err(Fault::Refused { message, .. }) = lab.zones().list(&[&of("example.net".to_owned())]).await else {
        panic!()
    };
    assert_eq!(message, "`example.net` is no id of Cloudflare's");
    lab.finish();
}

#[tokio::test]
async fn a_zone_that_the_token_may_not_see_is_asked_about() {
    let mut settings = Settings::new([ZONE, "example.org"], TOKEN);
    settings.tokens = vec![Token::new(TOKEN).only(["example.org"])];
    let lab = Lab::with(settings);
    let stated = map(json!({"name": ZONE, "id": lab.zone_id(ZONE)}));
    let Err(Fault::Denied { message, help }) = lab.zones().list(&[&stated]).await else { panic!() };
    assert_eq!(message, "Cloudflare answers: Unauthorized to access requested resource (9109)");
    assert!(help.contains("`Zone:Read` for the zone `example.net`") && help.contains("another id"), "{help}");
    lab.finish();
}

#[tokio::test]
async fn a_zone_is_never_made() {
    let lab = Lab::start();
    let wanted = map(json!({"name": "new.example"}));
    let made = lab.zones().create(&crate::lab::body(&wanted)).await;
    assert!(matches!(made, Err(Fault::Refused { help: Some(_), .. })));
    assert!(lab.sim.control().log().is_empty());
    lab.finish();
}
